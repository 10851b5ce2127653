import type { Program } from "../protocol.ts";
import { ERRNO } from "./errno.ts";
import type { GuestMemory } from "./guest-memory.ts";

/** `args_…` and `environ_…`: texts that end with a zero byte, and a list of their addresses. */
export function createStringLists(memory: GuestMemory, { args, env }: Program) {
  const encoder = new TextEncoder();
  const encode = (list: string[]) => list.map((text) => encoder.encode(`${text}\0`));
  const getter = (list: Uint8Array[]) => (addresses: number, content: number) => {
    let position = content >>> 0;
    list.forEach((text, index) => {
      memory.setU32((addresses >>> 0) + index * 4, position);
      memory.bytes(position, text.length).set(text);
      position += text.length;
    });
    return ERRNO.success;
  };
  const sizer = (list: Uint8Array[]) => (countAddress: number, sizeAddress: number) => {
    const sizeBytes = list.reduce((sum, { length }) => sum + length, 0);
    memory.setU32(countAddress, list.length);
    memory.setU32(sizeAddress, sizeBytes);
    return ERRNO.success;
  };
  const [encodedArgs, encodedEnv] = [encode(args), encode(env)];
  return {
    ...{ args_get: getter(encodedArgs), args_sizes_get: sizer(encodedArgs) },
    ...{ environ_get: getter(encodedEnv), environ_sizes_get: sizer(encodedEnv) },
  };
}
