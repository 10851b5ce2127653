/** Test programs are written as WebAssembly text. */
import wabt from "wabt";

const features = {
  sign_extension: true,
  sat_float_to_int: true,
  multi_value: true,
  bulk_memory: true,
  mutable_globals: true,
};

/** A function that turns text into a binary module; text that is wrong throws. */
export async function openAssembler(): Promise<(text: string) => Uint8Array> {
  const tool = await wabt();
  return (text) => {
    const module = tool.parseWat("test.wat", text, features);
    try {
      return module.toBinary({}).buffer;
    } finally {
      module.destroy();
    }
  };
}
