import { HypercareError } from '../../../src/domain/errors.js';
import { secretAddress } from '../secret-address.js';

export interface Connection {
  readonly key: string;
  /** Where envelopes are posted. */
  readonly url: string;
}

const COPY = 'Copy the "Connection String" whole from the overview of the Application Insights resource into APPLICATIONINSIGHTS_CONNECTION_STRING in .env.';
/** For strings that name no region; Azure's own default. */
const ANYWHERE = 'https://dc.services.visualstudio.com/';
const GUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** 'InstrumentationKey=…;IngestionEndpoint=https://…/;…', in any order and case. Throws for one that is none; never repeats it. */
export function readConnection(text: string): Connection {
  const parts = new Map(text.trim().split(';').filter((part) => part.includes('=')).map((part) => [part.slice(0, part.indexOf('=')).trim().toLowerCase(), part.slice(part.indexOf('=') + 1).trim()]));
  const key = parts.get('instrumentationkey') ?? '';
  if (!GUID.test(key)) throw new HypercareError('application_insights.connection', 'invalid', 'APPLICATIONINSIGHTS_CONNECTION_STRING has no InstrumentationKey that is one', COPY);
  const endpoint = secretAddress('IngestionEndpoint in APPLICATIONINSIGHTS_CONNECTION_STRING', parts.get('ingestionendpoint') || ANYWHERE, COPY);
  return { key, url: `${endpoint.href.replace(/\/+$/, '')}/v2.1/track` };
}
