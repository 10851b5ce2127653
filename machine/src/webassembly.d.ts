/** The part of the WebAssembly JavaScript interface that is used here; `@types/node` does not declare it. */
declare namespace WebAssembly {
  /** A compiled module. Structured clone shares its code between threads. */
  interface Module {
    readonly __brand: "WebAssembly.Module";
  }

  interface Memory {
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }

  interface Instance {
    readonly exports: Record<string, unknown>;
  }

  const Module: {
    new (bytes: Uint8Array): Module;
    imports(module: Module): { module: string; name: string; kind: string }[];
    exports(module: Module): { name: string; kind: string }[];
  };
  const Instance: new (module: Module, imports: Record<string, Record<string, unknown>>) => Instance;
  const Memory: new (descriptor: { initial: number; maximum?: number; shared?: boolean }) => Memory;

  interface Global {
    value: number | bigint;
  }

  const RuntimeError: ErrorConstructor;

  function compile(bytes: Uint8Array): Promise<Module>;
  function validate(bytes: Uint8Array): boolean;
}
