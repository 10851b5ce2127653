import { stripVTControlCharacters } from "node:util";
import { spawn } from "@lydell/node-pty";
import { join } from "node:path";
import { entry, type Setting } from "./millrace.ts";

/** A command that runs in a terminal of its own. */
export interface Terminal {
  /** Everything it has printed, with its control characters. */
  readonly raw: () => string;
  /** The same as a person reads it. */
  readonly text: () => string;
  /** Waits until the text matches. @throws Error with the text if the command ends or a minute passes before that */
  readonly until: (expected: RegExp) => Promise<void>;
  /** Types something; "\r" is Enter, "\u0003" Ctrl-C. */
  readonly type: (keys: string) => void;
  /** Waits for its end; returns the exit code. */
  readonly ended: Promise<number>;
}

/** Starts `millrace` in a pseudo-terminal. */
export function openTerminal(
  { cwd, env = {} }: Setting,
  args: readonly string[],
  { columns = 100 }: { columns?: number } = {},
): Terminal {
  const pty = spawn(process.execPath, [entry, ...args], {
    ...{ cwd, cols: columns, rows: 40, name: "xterm-256color" },
    env: { PATH: process.env["PATH"], MILLRACE_HOME: join(cwd, "home"), TERM: "xterm-256color", ...env },
  });
  let printed = "";
  let isOver = false;
  let notice = (): void => undefined;
  pty.onData((data) => {
    printed += data;
    notice();
  });
  const ended = new Promise<number>((resolve) => {
    pty.onExit(({ exitCode }) => {
      isOver = true;
      notice();
      resolve(exitCode);
    });
  });
  const text = () => stripVTControlCharacters(printed).replaceAll("\r\n", "\n");
  return {
    raw: () => printed,
    text,
    ended,
    type: (keys) => pty.write(keys),
    until: (expected) =>
      new Promise((resolve, reject) => {
        const giveUp = (why: string) => reject(new Error(`${why}; it shows:\n${text()}`));
        const timer = setTimeout(() => giveUp(`Waited a minute in vain for ${expected}`), 60_000);
        notice = () => {
          const found = expected.test(text());
          if (!found && !isOver) return;
          clearTimeout(timer);
          if (found) resolve();
          else giveUp(`It ended before ${expected}`);
        };
        notice();
      }),
  };
}
