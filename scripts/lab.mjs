/** `npm run -s lab -- …`: the command line of the lab, built when needed. */
import { runProgram } from './program.mjs';

await runProgram('lab');
