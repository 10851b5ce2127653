/** What a run of the suite says. */

/** How many commands passed, failed, or could not apply. */
export interface Tally {
  passed: number;
  failed: number;
  notApplicable: number;
}

/** A place in the suite. */
interface Place {
  file: string;
  line: number;
  /** the command's kind, e.g. `assert_return` */
  type: string;
}

/** A command that failed on one of the two paths. */
export interface Failure extends Place {
  path: "native" | "interpreter";
  message: string;
}

/** A command that uses a refused feature or links several modules (`linking`). */
export interface NotApplicable extends Place {
  feature: string;
}

/** The whole run. */
export interface SuiteReport {
  native: Tally;
  interpreter: Tally;
  failures: Failure[];
  notApplicable: NotApplicable[];
  /** Assertions about WebAssembly's text, which no module belongs to: nothing is there to run. */
  textOnly: number;
}

/** What one command came to on one path. */
export type Verdict = { passed: true } | { failed: string } | { notApplicable: string };

/** A command's verdicts with its place. */
export interface Judged extends Place {
  native: Verdict;
  interpreter: Verdict;
}

/** Counts. */
export function summarise(judged: readonly Judged[], textOnly: number): SuiteReport {
  const report: SuiteReport = {
    native: { passed: 0, failed: 0, notApplicable: 0 },
    interpreter: { passed: 0, failed: 0, notApplicable: 0 },
    failures: [],
    notApplicable: [],
    textOnly,
  };
  for (const { file, line, type, native, interpreter } of judged) {
    const verdicts = { native, interpreter };
    for (const path of ["native", "interpreter"] as const) {
      const verdict = verdicts[path];
      if ("passed" in verdict) report[path].passed += 1;
      else if ("failed" in verdict) {
        report[path].failed += 1;
        report.failures.push({ file, line, type, path, message: verdict.failed });
      } else {
        report[path].notApplicable += 1;
        if (path === "native")
          report.notApplicable.push({ file, line, type, feature: verdict.notApplicable });
      }
    }
  }
  return report;
}
