import optimizeLocales from '@react-aria/optimize-locales-plugin'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/**
 * The dashboard, and beside it the gallery of every component and screen. Paths are relative, so that the same files work
 * from a web server and from the desktop's own protocol; nothing is inlined, so that a strict content policy holds.
 */
export default defineConfig({
  root: 'renderer',
  base: './',
  plugins: [
    react(),
    tailwindcss(),
    { ...optimizeLocales.vite({ locales: ['en-US', 'ar-AE'] }), enforce: 'pre' },
  ],
  build: {
    outDir: '../dist/renderer',
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: { index: 'renderer/index.html', gallery: 'renderer/gallery.html' } },
  },
})
