/**
 * Writes hypercare.schema.json, which editors complete and check hypercare.yaml with. To be run after a change of the
 * configuration or of a channel's options: npm run schema
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { channelSchemas } from '../bot/channels/index.js';
import { configJsonSchema } from '../src/config/json-schema.js';
import { packageRoot } from '../src/io/package-root.js';

writeFileSync(join(packageRoot(), 'hypercare.schema.json'), configJsonSchema({ channels: channelSchemas, repairs: [] }));
