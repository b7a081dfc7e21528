/** The first of these variables that is set. */
export type FindVariable = (
  ...names: readonly string[]
) => { readonly name: string; readonly value: string } | undefined;

/** A setting that a variable says. */
export interface FoundSetting {
  readonly field: string;
  readonly value: unknown;
  readonly variable: string;
}

/** What may stand in the name of a header. */
export const headerName = /^[\w!#$%&'*+.^`|~-]+$/;

/** Variables by which OpenTelemetry is configured everywhere, as far as they are understood. */
export const tracingVariables = [
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_TRACES_HEADERS',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'OTEL_EXPORTER_OTLP_TRACES_TIMEOUT',
  'OTEL_EXPORTER_OTLP_TIMEOUT',
  'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL',
  'OTEL_EXPORTER_OTLP_PROTOCOL',
  'OTEL_TRACES_SAMPLER',
  'OTEL_TRACES_SAMPLER_ARG',
  'OTEL_TRACES_EXPORTER',
  'OTEL_SDK_DISABLED',
  'OTEL_SERVICE_NAME',
  'OTEL_RESOURCE_ATTRIBUTES',
] as const;

/**
 * Settings of traces as OpenTelemetry's variables say them. They are meant for every program on the machine, so that what
 * cannot be used here (gRPC, words that make no sense) is passed over instead of keeping Dragoman from starting.
 */
export function tracingFrom(find: FindVariable): readonly FoundSetting[] {
  return [endpointIn(find), headersIn(find), timeoutIn(find), sampleIn(find), ...serviceIn(find)].filter(
    (setting) => setting !== undefined,
  );
}

function endpointIn(find: FindVariable): FoundSetting | undefined {
  const isOff =
    find('OTEL_SDK_DISABLED')?.value.trim().toLowerCase() === 'true' ||
    find('OTEL_TRACES_EXPORTER')?.value.trim() === 'none' ||
    find('OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL')?.value.trim() === 'grpc';
  const own = find('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT');
  const base = find('OTEL_EXPORTER_OTLP_ENDPOINT');
  const found = own ?? base;
  const address = found?.value.trim().replace(/\/+$/, '') ?? '';
  if (isOff || found === undefined || !isAddress(address)) return undefined;
  return { field: 'endpoint', value: own === undefined ? `${address}/v1/traces` : address, variable: found.name };
}

function isAddress(text: string): boolean {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return false;
  const { username, password, hash } = new URL(text);
  return username === '' && password === '' && hash === '';
}

function headersIn(find: FindVariable): FoundSetting | undefined {
  const found = find('OTEL_EXPORTER_OTLP_TRACES_HEADERS', 'OTEL_EXPORTER_OTLP_HEADERS');
  if (found === undefined) return undefined;
  const pairs = Object.entries(pairsIn(found.value)).filter(
    ([name, value]) => headerName.test(name) && /^[\x20-\x7e]+$/.test(value),
  );
  const value = Object.fromEntries(pairs.map(([name, text]) => [name.toLowerCase(), text]));
  return { field: 'headers', value, variable: found.name };
}

function timeoutIn(find: FindVariable): FoundSetting | undefined {
  const found = find('OTEL_EXPORTER_OTLP_TRACES_TIMEOUT', 'OTEL_EXPORTER_OTLP_TIMEOUT');
  const ms = Number(found?.value);
  return found === undefined || !(ms >= 1) ? undefined : { field: 'timeout', value: ms, variable: found.name };
}

function sampleIn(find: FindVariable): FoundSetting | undefined {
  const sampler = find('OTEL_TRACES_SAMPLER');
  if (sampler === undefined) return undefined;
  const name = sampler.value.trim().replace(/^parentbased_/, '');
  if (name === 'always_off') return { field: 'sample', value: 0, variable: sampler.name };
  const share = find('OTEL_TRACES_SAMPLER_ARG');
  const value = Number(share?.value);
  if (name !== 'traceidratio' || share === undefined || !(value >= 0 && value <= 1)) return undefined;
  return { field: 'sample', value, variable: share.name };
}

function serviceIn(find: FindVariable): readonly (FoundSetting | undefined)[] {
  const resource = find('OTEL_RESOURCE_ATTRIBUTES');
  const { 'service.name': service, ...others } = pairsIn(resource?.value ?? '');
  const named = find('OTEL_SERVICE_NAME');
  const name = named?.value.trim() ?? service;
  const variable = (named ?? resource)?.name ?? '';
  return [
    name === undefined ? undefined : { field: 'service', value: name, variable },
    resource === undefined ? undefined : { field: 'attributes', value: others, variable: resource.name },
  ];
}

/** `name=value,name=value`, values percent-encoded. */
function pairsIn(text: string): { readonly [name: string]: string } {
  const pairs: { [name: string]: string } = {};
  for (const entry of text.split(',')) {
    const at = entry.indexOf('=');
    const name = entry.slice(0, Math.max(0, at)).trim();
    const value = entry.slice(at + 1).trim();
    if (name !== '' && value !== '') pairs[name] = decoded(value);
  }
  return pairs;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
