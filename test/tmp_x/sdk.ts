import OpenAI from 'openai';
import { fixtures, requestOf } from '../laws/fixture.ts';
import { emptyRequest, translate } from '../laws/passing.ts';
import { openaiResponses as d } from '../../src/dialects/openai-responses/index.ts';
import { foldOf, readStreamed } from '../laws/reading.ts';
let ok=0;
for (const f of fixtures) {
  if (!f.stream) continue;
  const own = f.dialect.name==='openai-responses';
  const request = own ? (requestOf(f) ?? emptyRequest(f.dialect)) : { ...emptyRequest(f.dialect), from: 'openai-responses' as const };
  const bytes = translate(f.dialect.upstream, d.client, request, [f.stream]);
  const said = foldOf(readStreamed(f.dialect.upstream,[f.stream]));
  const client = new OpenAI({ apiKey: 'x', maxRetries: 0, fetch: async () => new Response(bytes, { headers: { 'content-type': 'text/event-stream' } }) });
  try {
    const s = client.responses.stream({ model: 'x', input: 'y' });
    const final = await s.finalResponse();
    const text = said.content.filter(b=>b.type==='text').map((b:any)=>b.text).join('');
    if (final.output_text !== text) console.log(f.name,'TEXT',JSON.stringify(final.output_text), JSON.stringify(text));
    else ok++;
  } catch (e) { console.log(f.name, said.error ? '(error) ' : '', String(e).slice(0,200)); }
}
console.log(ok);
