import { drizzle } from './drizzle.js';
import { knex } from './knex.js';
import { nodePgMigrate } from './node-pg-migrate.js';
import { prisma } from './prisma.js';
import { sequelize } from './sequelize.js';
import type { MigrationTool } from './tool.js';
import { typeorm } from './typeorm.js';

/** One line for each tool. */
export const migrationTools: readonly MigrationTool[] = [prisma, knex, typeorm, sequelize, drizzle, nodePgMigrate];
