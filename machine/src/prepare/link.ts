import { MachineError } from "../errors.ts";
import type { ConstantExpression, GlobalType, Module, ModuleExport, ModuleImport } from "../wasm/module.ts";
import { invalid } from "../wasm/refuse.ts";
import { sameType, typeKey, typeName } from "../wasm/types.ts";
import type { FunctionType } from "../wasm/types.ts";
import { INTRINSIC_MODULE, intrinsicOf } from "./intrinsics.ts";
import type { Intrinsic } from "./intrinsics.ts";

/** What a module may use beyond WebAssembly 1.0, by the names of docs/machine.md. */
export type UsedFeature = "sign-extension" | "non-trapping-float-to-int" | "multi-value" | "bulk-memory";

/** A module that takes part: the user's, a library, or code that this package writes itself. */
export interface Scope {
  module: Module;
  kind: "user" | "library" | "internal";
  /** What each function index stands for, once asked for. */
  functions: (LinkedFunction | Intrinsic | undefined)[];
  /** What its code uses beyond WebAssembly 1.0, found as it is walked. */
  features: Set<UsedFeature>;
  /** Which linked global each global index stands for, once asked for. */
  globals: (number | undefined)[];
  /** For an internal scope: its imports, in order. */
  given?: (LinkedFunction | Intrinsic)[];
}

/** A function of the linked module. */
export interface LinkedFunction {
  kind: "function";
  /** Its number in the linked module. */
  index: number;
  scope: Scope;
  /** Its number among the bodies of its own module. */
  body: number;
  typeId: number;
  type: FunctionType;
}

/** A global of the linked module. */
export interface LinkedGlobal extends GlobalType {
  /** Its initial value as it stands in a slot. */
  bits: bigint;
}

interface Provided {
  scope: Scope;
  entry: ModuleExport;
}

/** Resolves what modules import, and numbers the functions, types and globals that are reached, as they are asked for. */
export class Linker {
  /** Functions in the order of their numbers; grows while they are walked. */
  readonly functions: LinkedFunction[] = [];
  readonly globals: LinkedGlobal[] = [];
  readonly types: FunctionType[] = [];
  readonly user: Scope;
  private readonly typeIds = new Map<string, number>();
  private readonly provided = new Map<string, Provided>();

  constructor(user: Module, libraries: readonly Module[]) {
    this.user = newScope(user, "user");
    for (const module of libraries) {
      const scope = newScope(module, "library");
      for (const entry of module.exports)
        if (!this.provided.has(entry.name)) this.provided.set(entry.name, { scope, entry });
    }
    // The user's functions come first, all of them, in their order: whatever is exported or stands in a table is there.
    user.bodies.forEach((_body, index) => this.functionAt(this.user, user.importedFunctions + index));
  }

  /** The number of a function type; equal types have one number. */
  typeId(type: FunctionType): number {
    const key = typeKey(type);
    const known = this.typeIds.get(key);
    if (known !== undefined) return known;
    this.typeIds.set(key, this.types.length);
    this.types.push(type);
    return this.types.length - 1;
  }

  /** What a function index of a module stands for. */
  functionAt(scope: Scope, index: number): LinkedFunction | Intrinsic {
    const known = scope.functions[index];
    if (known !== undefined) return known;
    const { module } = scope;
    const found =
      index < module.importedFunctions
        ? this.importedFunction(scope, index)
        : this.addFunction(scope, index - module.importedFunctions, module.functions[index] ?? 0);
    scope.functions[index] = found;
    return found;
  }

  /** A library's function by the name of its export. */
  named(name: string): LinkedFunction {
    const provided = this.provided.get(name);
    if (provided?.entry.kind !== "function")
      throw new Error(`No library of this preparation has the function ${name}.`);
    const found = this.functionAt(provided.scope, provided.entry.index);
    if (found.kind !== "function") throw new Error(`${name} is no function of its own.`);
    return found;
  }

  private addFunction(scope: Scope, body: number, typeIndex: number): LinkedFunction {
    const type = scope.module.types[typeIndex] ?? { params: [], results: [] };
    const linked: LinkedFunction = {
      ...{ kind: "function", index: this.functions.length, scope, body, type },
      typeId: this.typeId(type),
    };
    this.functions.push(linked);
    return linked;
  }

  private importedFunction(scope: Scope, index: number): LinkedFunction | Intrinsic {
    const given = scope.given?.[index];
    if (given !== undefined) return given;
    const entry = importOf(scope.module, "function", index);
    const type = scope.module.types[entry.typeIndex] ?? { params: [], results: [] };
    if (scope.kind === "library" && entry.module === INTRINSIC_MODULE) return intrinsicOf(entry.name, type);
    const provided = this.provider(entry);
    const found = this.functionAt(provided.scope, provided.entry.index);
    const actual = found.kind === "function" ? found.type : type;
    if (!sameType(actual, type)) throw mismatch(entry, "its type differs");
    return found;
  }

  private provider(entry: ModuleImport): Provided {
    const provided =
      entry.module === INTRINSIC_MODULE ? undefined : this.provided.get(`${entry.module}.${entry.name}`);
    if (provided === undefined) throw forbidden(entry);
    if (provided.entry.kind !== entry.kind) throw mismatch(entry, `it is a ${provided.entry.kind}`);
    return provided;
  }

  /** The number of the linked global that a global index of a module stands for. */
  globalAt(scope: Scope, index: number): number {
    const known = scope.globals[index];
    if (known !== undefined) return known;
    const found =
      index < scope.module.importedGlobals ? this.importedGlobal(scope, index) : this.ownGlobal(scope, index);
    scope.globals[index] = found;
    return found;
  }

  private ownGlobal(scope: Scope, index: number): number {
    const global = scope.module.globals[index];
    if (global?.initial === undefined) throw new Error(`There is no global ${index}.`);
    return this.addGlobal({
      ...{ type: global.type, isMutable: global.isMutable },
      bits: this.constant(scope, global.initial),
    });
  }

  /** Adds a global that no module has. */
  addGlobal(global: LinkedGlobal): number {
    this.globals.push(global);
    return this.globals.length - 1;
  }

  private importedGlobal(scope: Scope, index: number): number {
    const entry = importOf(scope.module, "global", index);
    const provided = this.provider(entry);
    const found = this.globalAt(provided.scope, provided.entry.index);
    const { type, isMutable } = this.globals[found] ?? {};
    if (type !== entry.global?.type || isMutable !== entry.global?.isMutable)
      throw mismatch(entry, `it is not of type ${typeName(entry.global?.type ?? 0)}`);
    return found;
  }

  /** What a constant expression gives. */
  constant(scope: Scope, expression: ConstantExpression): bigint {
    if (expression.kind === "value") return expression.bits;
    return this.globals[this.globalAt(scope, expression.index)]?.bits ?? 0n;
  }

  /**
   * Checks the imports of the user's module that nothing calls, and takes over an imported memory or table.
   * @throws MachineError `forbidden-import`
   */
  resolveImports(): void {
    const { module } = this.user;
    let functions = 0;
    let globals = 0;
    for (const entry of module.imports) {
      if (entry.kind === "function") this.functionAt(this.user, functions++);
      else if (entry.kind === "global") this.globalAt(this.user, globals++);
      else {
        const own = this.provider(entry).scope.module[entry.kind === "memory" ? "memory" : "table"];
        const wanted = entry.limits ?? { min: 0, max: undefined };
        if (own === undefined || own.min < wanted.min || (own.max ?? Infinity) > (wanted.max ?? Infinity))
          throw mismatch(entry, "its limits do not fit");
        if (entry.kind === "memory") module.memory = own;
        else module.table = own;
      }
    }
  }
}

/** A scope for code that this package writes; `given` are its imported functions. */
export function newScope(module: Module, kind: Scope["kind"], given?: (LinkedFunction | Intrinsic)[]): Scope {
  return {
    module,
    kind,
    functions: [],
    features: new Set(),
    globals: [],
    ...(given === undefined ? {} : { given }),
  };
}

function importOf(module: Module, kind: ModuleImport["kind"], index: number): ModuleImport {
  const entry = module.imports.filter((candidate) => candidate.kind === kind)[index];
  if (entry === undefined) throw invalid(`there is no imported ${kind} ${index}`, 0);
  return entry;
}

function forbidden({ module, name, kind, offset }: ModuleImport): MachineError {
  return new MachineError({
    code: "forbidden-import",
    message: `The module imports what a function cannot have: ${module}.${name} (${kind}).`,
    nextStep:
      "Only functions of wasi_snapshot_preview1 are provided; build for WASI preview 1 without host bindings.",
    offset,
  });
}

function mismatch({ module, name, kind, offset }: ModuleImport, why: string): MachineError {
  return new MachineError({
    code: "forbidden-import",
    message: `The module imports ${module}.${name} as a ${kind}, which is provided differently: ${why}.`,
    nextStep: "Build with the declarations of WASI preview 1 as its specification has them.",
    offset,
  });
}
