import { mkdirSync, writeFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { recordings } from '/work/main/test/laws/recording.ts';
import { startStage } from '/work/main/test/exchanges/stage.ts';
import { clients } from '/work/main/test/exchanges/clients/index.ts';
import { languages } from '/work/main/test/exchanges/languages/index.ts';
import { callsOf } from '/work/main/test/exchanges/saying.ts';
const afters: (() => unknown)[] = [];
const t = { after: (f: () => unknown) => afters.push(f) } as unknown as TestContext;
const stage = await startStage(t);
const only = new RegExp(process.argv[2] ?? '');
const out = '/tmp/judge/out';
mkdirSync(out, { recursive: true });
let n = 0, bad = 0;
for (const rec of recordings()) {
  if (!only.test(rec.name)) continue;
  const lang = languages[rec.dialect.name];
  const whole = rec.lines ? lang.gather(rec.lines as never) : rec.body!;
  if (!rec.lines && !['content','choices','candidates','output','message','error'].some(k=>k in whole)) continue;
  const meant = lang.saying(whole as never);
  const seen = new Set<string>();
  const tools = callsOf(meant.parts).flatMap((c) => seen.has(c.name) ? [] : (seen.add(c.name), [typeof c.input === 'string' && c.input !== '' ? { name: c.name, free: true as const } : { name: c.name }]));
  const recModel = String(whole['model'] ?? whole['modelVersion'] ?? (rec.dialect.name==='bedrock-converse' ? 'anthropic.claude-sonnet-4-5-v1' : 'model'));
  for (const client of clients) {
    const model = stage.play({ language: rec.dialect.name, ...(rec.stream ? { stream: rec.stream } : { body: rec.body as never, status: rec.body!.error ? 400 : 200 }) }, recModel);
    const params = client.ask(model, tools);
    let heard: any, error: any;
    try { heard = rec.stream ? await client.streamed(stage.rig.url, params) : await client.whole(stage.rig.url, params); }
    catch (e: any) { error = { name: e.constructor?.name, message: String(e.message).slice(0, 1000), status: e.status }; }
    let second: any, serror: any;
    if (heard) {
      try { const p2 = client.goOn(params, heard, 'the result'); const h2 = await (rec.stream ? client.streamed(stage.rig.url, p2): client.whole(stage.rig.url, p2)); }
      catch (e: any) { serror = { name: e.constructor?.name, message: String(e.message).slice(0, 1000) }; }
    }
    const reqs = stage.player.received(model);
    n++;
    writeFileSync(`${out}/${rec.name.replaceAll('/', '__')}@${client.language}.json`, JSON.stringify({ meant, said: heard && languages[client.language].saying(heard.answer), heard, error, serror, reqs }, (k,v)=> v instanceof Uint8Array ? Buffer.from(v).toString('base64') : (v && v.type==='Buffer' && Array.isArray(v.data)) ? Buffer.from(v.data).toString('base64'): v, 1));
    if (error && !(rec.body as any)?.error) { bad++; console.log(rec.name, client.language, JSON.stringify(error).slice(0,300)); }
    if (serror) { console.log('SECOND', rec.name, client.language, JSON.stringify(serror).slice(0,300)); }
  }
}
console.log(n, bad);
for (const f of afters.reverse()) await f();
