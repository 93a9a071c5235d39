export { fits } from '../domain/glob.js';
