import { openMachine } from "../interpret/machine.ts";
import type { OpenMachineParameters } from "../interpret/machine.ts";
import type { Registers, Snapshot } from "../interpret/snapshot.ts";
import { createStateTrees } from "../merkle/state-trees.ts";
import type { FixedParts } from "../merkle/state-trees.ts";
import { status } from "../status.ts";
import { buildWitness } from "../witness/build.ts";
import { createCheckpoints } from "./checkpoints.ts";

export interface OpenReplayParameters extends OpenMachineParameters {
  /** About as much memory as checkpoints may take, in bytes: 512 MiB by default. */
  checkpointBytes?: number;
  /** Steps from one checkpoint to the next, at first; twice as many whenever they outgrow their memory. */
  checkpointSteps?: number;
}

/** How a run ended. */
export interface RunEnd {
  /** Steps until the status was not 0 any more. */
  steps: number;
  registers: Registers;
  fuelUsed: bigint;
  /** Empty unless the program exited. */
  output: Uint8Array;
}

/**
 * A run in which every step can be looked at, in any order: what was run is not run again but from the last checkpoint.
 * A step counts from 0, the state at the entry; a step behind the end is the end. Each of the functions may run the
 * program and throws MachineError `host-memory`.
 */
export interface Replay {
  /** What the state hash stands beside. */
  fixed: FixedParts;
  end(): RunEnd;
  /** The first step after which at least `used` fuel is used; the end if that comes first. */
  stepAtFuel(used: bigint): number;
  snapshotAt(step: number): Snapshot;
  stateHashAt(step: number): Uint8Array;
  /** The witness of the step from the state at `step` to the next one (docs/machine.md). */
  witnessAt(step: number): Uint8Array;
}

/**
 * Opens a run of a program.
 * @throws MachineError `host-memory`
 */
export function openReplay(parameters: OpenReplayParameters): Replay {
  const { program, input, fuel, checkpointBytes = 2 ** 29, checkpointSteps = 2 ** 22 } = parameters;
  const machine = openMachine({ program, input, fuel });
  const trees = createStateTrees({ program, input });
  const checkpoints = createCheckpoints(machine.snapshot(), checkpointSteps, checkpointBytes);
  const running = (): boolean => machine.registers().status === status.running;

  /** Brings the machine to a step; takes checkpoints where it comes for the first time. */
  function goTo(step: number): void {
    const checkpoint = checkpoints.before(step);
    if (machine.step() > step || machine.step() < checkpoint.step) machine.restore(checkpoint);
    while (machine.step() < step && running()) {
      const next = checkpoints.nextStep();
      machine.runTo(machine.step() < next ? Math.min(step, next) : step);
      if (machine.step() === next) checkpoints.add(machine.snapshot());
    }
  }
  const goToEnd = (): void => goTo(Number.MAX_SAFE_INTEGER);
  function snapshotAt(step: number): Snapshot {
    goTo(step);
    return machine.snapshot();
  }

  return {
    fixed: trees.fixed,
    end() {
      goToEnd();
      return {
        steps: machine.step(),
        registers: machine.registers(),
        fuelUsed: machine.fuelUsed(),
        output: machine.output(),
      };
    },
    stepAtFuel(used) {
      goToEnd();
      machine.restore(checkpoints.beforeFuel(fuel - used));
      machine.runToFuel(used);
      return machine.step();
    },
    snapshotAt,
    stateHashAt: (step) => trees.hash(snapshotAt(step)),
    witnessAt: (step) => buildWitness(trees, snapshotAt(step)),
  };
}
