/** Vite makes a file of what is imported so. */
declare module '*.css';
