/** `npm run -s bench -- …`: measures the simulator, built like a release; with `--canvas` the map in a browser. */
import { benchCanvas } from './bench-canvas.mjs';
import { runProgram } from './program.mjs';

const words = process.argv.slice(2);
if (words.includes('--canvas')) await benchCanvas(words);
else await runProgram('bench');
