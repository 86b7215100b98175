/**
 * The schema as editors want it, for completion and checking while somebody writes a lab.
 * Comes from: schema.ts.  Goes to: public/scenario.schema.json.
 */
import * as z from 'zod';
import { ScenarioFile } from './schema.ts';

/** JSON text of the schema, with a newline at the end. */
export function scenarioJsonSchema(): string {
  const schema = { title: 'LVS Lab scenario, version 1', ...z.toJSONSchema(ScenarioFile, { io: 'input' }) };
  return `${JSON.stringify(schema, null, 2)}\n`;
}
