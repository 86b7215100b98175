/** `npm run -s bench -- …`: measures the simulator, built like a release. */
import { runProgram } from './program.mjs';

await runProgram('bench');
