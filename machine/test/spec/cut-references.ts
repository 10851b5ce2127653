/** Cuts out of a module of the suite what uses reference types, so that its other functions can be tested. */
import wabt from "wabt";

/** What is left of a module, and the exports that it has no longer. */
export interface CutModule {
  wasm: Uint8Array;
  cutExports: ReadonlySet<string>;
}

const REFERENCES = /\b(externref|ref\.(null|func|is_null)|table\.(get|set|size|grow|fill))\b/;
/** Parts that can go with whatever mentions them; in any other part a reference cannot be cut out. */
const REMOVABLE = /^ {2}\((type|func|global|export) /;

/** A function that cuts; it gives undefined where nothing, or more than functions, types and globals, would go. */
export async function openCutter(): Promise<(wasm: Uint8Array) => CutModule | undefined> {
  const tool = await wabt();
  return (wasm) => {
    let whole: ReturnType<typeof tool.readWasm> | undefined;
    try {
      // A copy: the tool reads the whole buffer behind a view.
      whole = tool.readWasm(new Uint8Array(wasm), { readDebugNames: false });
      whole.generateNames();
      whole.applyNames();
      const text = whole.toText({ foldExprs: false, inlineExport: false }).trimEnd();
      const parts = text.split(/\n(?= {2}\()/).slice(1);
      // The module's closing bracket stands behind the last part.
      parts.push(parts.pop()?.replace(/\)$/, "") ?? "");
      const cut = cutParts(parts);
      if (cut.size === 0 || [...cut].some((part) => !REMOVABLE.test(part))) return undefined;
      const rest = tool.parseWat("cut.wat", `(module ${parts.filter((part) => !cut.has(part)).join("\n")})`);
      const { buffer } = rest.toBinary({});
      rest.destroy();
      return { wasm: buffer, cutExports: new Set([...cut].flatMap(exportOf)) };
    } catch {
      return undefined;
    } finally {
      whole?.destroy();
    }
  };
}

/** The parts that use references, and those that mention a part that goes. */
function cutParts(parts: readonly string[]): Set<string> {
  const cut = new Set(parts.filter((part) => REFERENCES.test(part)));
  for (let size = -1; size !== cut.size;) {
    size = cut.size;
    const names = new Set(
      [...cut].flatMap((part) => /^ {2}\((?:type|func|global) (\$[^\s()]+)/.exec(part)?.[1] ?? []),
    );
    for (const part of parts)
      if ([...part.matchAll(/\$[^\s()]+/g)].some(([name]) => names.has(name))) cut.add(part);
  }
  return cut;
}

function exportOf(part: string): string[] {
  const [, quoted] = /^ {2}\(export "((?:[^"\\]|\\.)*)"/.exec(part) ?? [];
  if (quoted === undefined) return [];
  const encoded = quoted.replace(/%/g, "%25").replace(/\\([0-9a-f]{2})/g, "%$1");
  return [decodeURIComponent(encoded)];
}
