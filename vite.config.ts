import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The page. Relative addresses (`base`), so that the built folder works at any path of any server. */
export default defineConfig({
  base: './',
  plugins: [react()],
  worker: { format: 'es' },
  build: { target: 'es2023' },
});
