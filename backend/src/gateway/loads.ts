import { Type, type Static } from "typebox";

/** Answer of `GET /loads`: the calls of each deal that are under way or wait. */
export const loadsSchema = Type.Object({
  deals: Type.Array(Type.Object({ deal: Type.Integer({ minimum: 1 }), calls: Type.Integer({ minimum: 0 }) })),
});

/** Deals without a call are left out. */
export function presentLoads(loads: ReadonlyMap<number, number>): Static<typeof loadsSchema> {
  return { deals: [...loads].map(([deal, calls]) => ({ deal, calls })) };
}
