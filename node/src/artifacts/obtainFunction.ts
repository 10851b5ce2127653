import { readScriptModule } from "@millrace/sandbox";
import { obtainModule, type ObtainParameters } from "./obtainModule.ts";

/** A deal's module, and beside a script what runs it. */
export interface FunctionModules {
  module: Uint8Array;
  runtime?: Uint8Array;
}

/**
 * Gets a deal's module and, if it is a script, its runtime: by the CID in the script, from where the script may come from.
 *
 * @returns verified bytes of both
 * @throws what {@link obtainModule} throws; MachineError for a module that is none
 */
export async function obtainFunction(parameters: ObtainParameters): Promise<FunctionModules> {
  const module = await obtainModule(parameters);
  const runtimeCid = readScriptModule(module)?.runtime;
  if (runtimeCid === undefined) return { module };
  const runtime = await obtainModule({
    ...parameters,
    cid: runtimeCid,
    onFailure: (reason) => parameters.onFailure(`The script's runtime ${runtimeCid} is missing: ${reason}`),
  });
  return { module, runtime };
}
