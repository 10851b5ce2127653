import { Listr, ListrLogger, ProcessOutput, type ListrDefaultRendererLogLevels } from "listr2";

/** One step of a longer command. */
export interface Step {
  readonly title: string;
  /**
   * Does the step. `report` shows what it is waiting for; the returned sentence replaces the title when it is done.
   */
  readonly run: (report: (text: string) => void) => Promise<string>;
}

/** Runs steps one after the other and shows how far they are; the first error ends it. */
export type Progress = (steps: readonly Step[]) => Promise<void>;

/** How progress is shown: redrawn on a terminal, plain lines elsewhere, not at all for `--json`. */
export type ProgressStyle = "terminal" | "lines" | "silent";

/** All of it goes to stderr: stdout belongs to the result. */
export function createProgress(style: ProgressStyle): Progress {
  return style === "terminal" ? runOnTerminal : runAsLines(style === "silent" ? () => undefined : logLine);
}

async function runOnTerminal(steps: readonly Step[]): Promise<void> {
  const logger = new ListrLogger<ListrDefaultRendererLogLevels>({
    useIcons: true,
    processOutput: new ProcessOutput(process.stderr, process.stderr),
  });
  const tasks = steps.map((step) => ({
    title: step.title,
    task: async (_context: unknown, task: { title: string; output: string }) => {
      task.title = await step.run((text) => {
        task.output = text;
      });
    },
  }));
  await new Listr(tasks, {
    // run.ts says what to do after a Ctrl-C; listr2 would only exit.
    registerSignalListeners: false,
    rendererOptions: { logger, showErrorMessage: false, collapseErrors: false },
  }).run();
}

function runAsLines(log: (line: string) => void): Progress {
  return async (steps) => {
    for (const step of steps) {
      let last = "";
      log(`· ${step.title}`);
      const done = await step.run((text) => {
        if (text !== last) log(`  ${text}`);
        last = text;
      });
      log(`✓ ${done}`);
    }
  };
}

function logLine(line: string): void {
  process.stderr.write(`${line}\n`);
}
