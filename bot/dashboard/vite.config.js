/** The program of the dashboard: one file, and the charts in another that is fetched when they are looked at. */
export default {
  base: '/dashboard/assets/',
  publicDir: false,
  logLevel: 'warn',
  build: {
    outDir: '../../dist/dashboard',
    emptyOutDir: true,
    // Styles and scripts are files of ours: the page's rules let nothing else run.
    assetsInlineLimit: 0,
    modulePreload: false,
    rollupOptions: { input: 'app.ts', output: { entryFileNames: '[name].js', chunkFileNames: '[name].js', assetFileNames: '[name][extname]' } },
  },
};
