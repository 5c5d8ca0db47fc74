import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { mantineStyles } from './mantine-styles.ts'

export default defineConfig({
  plugins: [react(), mantineStyles()],
  build: {
    target: 'es2022',
    // Older targets have light-dark() rewritten into variables that Mantine's colour scheme never sets.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    chunkSizeWarningLimit: 900,
  },
  server: {
    port: 4681,
    proxy: { '/api': { target: `http://127.0.0.1:${process.env['PORT'] ?? 4680}`, changeOrigin: false } },
  },
})
