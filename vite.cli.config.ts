import { defineConfig } from 'vite';

/** The command line, one file with everything in it: Node 20 cannot run TypeScript. */
export default defineConfig(({ mode }) => ({
  publicDir: false,
  ssr: { noExternal: true },
  build: {
    ssr: mode === 'bench' ? 'src/cli/bench.ts' : 'src/cli/main.ts',
    outDir: mode === 'bench' ? 'dist-bench' : 'dist-cli',
    target: 'node20',
    minify: false,
  },
}));
