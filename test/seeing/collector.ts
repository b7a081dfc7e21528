import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

/** A span as it arrived, its attributes as plain values. */
export interface ToldSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: { readonly [key: string]: unknown };
  readonly events: readonly { readonly name: string; readonly timeUnixNano: string }[];
  readonly status: { readonly code?: number };
}

/** Whoever takes spans. */
export interface Collector {
  readonly url: string;
  readonly spans: ToldSpan[];
  readonly resources: { readonly [key: string]: unknown }[];
  readonly headers: IncomingHttpHeaders[];
  readonly bodies: string[];
}

/** Takes spans by OTLP over HTTP, in JSON, and refuses what is not that. @param answer statuses of the first answers; then 200 */
export async function startCollector(t: TestContext, answer: number[] = []): Promise<Collector> {
  const collector = {
    url: '',
    spans: [] as ToldSpan[],
    resources: [] as object[],
    headers: [] as IncomingHttpHeaders[],
    bodies: [] as string[],
  };
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    request.on('end', () => {
      collector.headers.push(request.headers);
      const status = answer.shift() ?? (request.url === '/v1/traces' && request.method === 'POST' ? 200 : 404);
      if (status === 200) {
        collector.bodies.push(text);
        take(JSON.parse(text), collector);
      }
      response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  collector.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return collector as unknown as Collector;
}

interface Written {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Pair[] };
    readonly scopeSpans: readonly {
      readonly scope: { readonly name: string };
      readonly spans: readonly (Omit<ToldSpan, 'attributes'> & { readonly attributes: readonly Pair[] })[];
    }[];
  }[];
}

interface Pair {
  readonly key: string;
  readonly value: { readonly [type: string]: unknown };
}

function take({ resourceSpans }: Written, { spans, resources }: { spans: ToldSpan[]; resources: object[] }): void {
  for (const { resource, scopeSpans } of resourceSpans) {
    resources.push(plain(resource.attributes));
    for (const span of scopeSpans.flatMap((scope) => scope.spans)) {
      if (!/^[0-9a-f]{32}$/.test(span.traceId) || !/^[0-9a-f]{16}$/.test(span.spanId)) throw new Error('ids');
      if (!/^\d{19}$/.test(span.startTimeUnixNano) || !/^\d{19}$/.test(span.endTimeUnixNano)) throw new Error('times');
      spans.push({ ...span, attributes: plain(span.attributes) });
    }
  }
}

function plain(pairs: readonly Pair[]): { readonly [key: string]: unknown } {
  const found: { [key: string]: unknown } = {};
  for (const { key, value } of pairs) {
    if (key in found) throw new Error(`${key} twice`);
    found[key] = plainValue(value);
  }
  return found;
}

function plainValue(value: Pair['value']): unknown {
  const [[type, told] = ['', undefined], ...more] = Object.entries(value);
  if (more.length > 0) throw new Error('a value of two types');
  if (type === 'stringValue' && typeof told === 'string') return told;
  if (type === 'boolValue' && typeof told === 'boolean') return told;
  if (type === 'doubleValue' && typeof told === 'number') return told;
  if (type === 'intValue' && typeof told === 'string' && /^-?\d+$/.test(told)) return Number(told);
  if (type === 'arrayValue') return (told as { values: Pair['value'][] }).values.map(plainValue);
  throw new Error(`a value that is none: ${JSON.stringify(value)}`);
}
