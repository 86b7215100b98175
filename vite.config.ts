import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Code that changes rarely or can be fetched at the same time, in files of its own; the first that fits wins. */
const chunks = [
  {
    name: 'react',
    test: /node_modules[\\/](?:react|react-dom|scheduler|react-aria|react-stately|react-aria-components|@react-|@internationalized)/,
  },
  {
    name: 'simulator',
    test: /src[\\/](?:engine|host|switch|ipvs|world|scenario|capture|wire)[\\/]|node_modules[\\/](?:yaml|zod|@noble)[\\/]/,
  },
  { name: 'shell', test: /src[\\/]shell[\\/]|node_modules[\\/]unbash/ },
];

/** The page. Relative addresses (`base`), so that the built folder works at any path of any server. */
export default defineConfig({
  base: './',
  plugins: [react()],
  worker: { format: 'es' },
  build: {
    target: 'es2023',
    // The simulator is one program; it is fetched after the first paint.
    chunkSizeWarningLimit: 1100,
    rolldownOptions: { output: { codeSplitting: { groups: chunks } } },
  },
});
