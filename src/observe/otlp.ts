/** An attribute as OTLP writes it in JSON. */
export interface Attribute {
  readonly key: string;
  readonly value: Value;
}

type Value =
  | { readonly stringValue: string }
  | { readonly intValue: string }
  | { readonly doubleValue: number }
  | { readonly boolValue: boolean }
  | { readonly arrayValue: { readonly values: readonly Value[] } };

/** Something that happened at one moment of a span. */
export interface SpanEvent {
  readonly timeUnixNano: string;
  readonly name: string;
  readonly attributes: readonly Attribute[];
}

/** A span as OTLP writes it in JSON: ids are hexadecimal, times text. */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly traceState?: string;
  readonly flags: number;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly Attribute[];
  readonly events: readonly SpanEvent[];
  readonly status: { readonly code?: number };
}

interface Double {
  readonly doubleValue: number;
}

/** A number that is no whole one, whatever it looks like. */
export function double(value: number): Double {
  return { doubleValue: value };
}

/** Attributes by name; those without a value are left out. */
export interface Attributes {
  readonly [key: string]: string | number | boolean | Double | readonly string[] | undefined;
}

/** The attributes as OTLP writes them. */
export function attributes(told: Attributes): Attribute[] {
  const list: Attribute[] = [];
  for (const [key, value] of Object.entries(told)) if (value !== undefined) list.push({ key, value: written(value) });
  return list;
}

function written(value: string | number | boolean | Double | readonly string[]): Value {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'number') return { intValue: String(value) };
  if (typeof value === 'boolean') return { boolValue: value };
  if ('doubleValue' in value) return value;
  return { arrayValue: { values: value.map((each) => ({ stringValue: each })) } };
}

/** A time as OTLP writes it; numbers of this size are exact to the microsecond. @param ms since 1970. */
export function nanoseconds(ms: number): string {
  return `${Math.round(ms * 1000)}000`;
}

/** The body that carries spans to a collector. */
export function exportBody(spans: readonly Span[], resource: Attributes, version: string): string {
  const scopeSpans = [{ scope: { name: 'dragoman', version }, spans }];
  return JSON.stringify({ resourceSpans: [{ resource: { attributes: attributes(resource) }, scopeSpans }] });
}
