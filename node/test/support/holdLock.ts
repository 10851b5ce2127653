/** Takes the lock on the folder named as its argument and says so; the lock's tests start this. */
import { lockDataFolder } from "../../src/config/lock.ts";

const [, , folder = ""] = process.argv;
try {
  await lockDataFolder(folder, () => process.exit(3));
  process.stdout.write("locked\n");
  setInterval(() => undefined, 1000);
} catch (error) {
  process.stdout.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(2);
}
