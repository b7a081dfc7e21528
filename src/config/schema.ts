import { z } from 'zod';
import { duration, flag, oneOf, processes, secret, size, wholeNumber } from './field.ts';
import { pricesSchema } from './prices-schema.ts';
import { providerSchema, timeoutsSchema } from './provider-schema.ts';
import { breakerSchema, healthSchema, redisSchema, retriesSchema } from './resilience-schema.ts';
import { modelRuleSchema, routingSchema } from './route-schema.ts';
import { metricsSchema, tracingSchema } from './seeing-schema.ts';

const serverSchema = z.strictObject({
  host: z
    .string()
    .min(1)
    .prefault('127.0.0.1')
    .describe('Address to listen on. Anything but loopback needs auth.keys.'),
  port: wholeNumber(0, 65_535).prefault(4000).describe('TCP port to listen on; 0 takes any free one.'),
  workers: processes(256)
    .prefault(1)
    .describe(
      'Processes that share the port; auto takes one for each core. They share limits and stored conversations.',
    ),
  watch: flag()
    .prefault(true)
    .describe('Whether a change of the configuration file, or of .env, is taken up at once; SIGHUP always does that.'),
  max_body: size(1024).prefault('32mb').describe('Largest request body; larger ones get a 413.'),
  max_connections: wholeNumber(1, 1_000_000).prefault(20_000).describe('Most client connections at a time.'),
  body_timeout: duration(100).prefault('60s').describe('Time a client has to send its request.'),
  ping_interval: duration(100)
    .prefault('12s')
    .describe('How often a stream that is silent gets a sign of life. Clients give up after some minutes without.'),
  shutdown_grace: duration(0)
    .prefault('30s')
    .describe('Time that calls under way have to end when Dragoman is stopped.'),
  drain_delay: duration(0)
    .prefault(0)
    .describe(
      'Time between telling load balancers (/readyz) that Dragoman is being stopped, and taking no more calls.',
    ),
});

const authSchema = z.strictObject({
  keys: z
    .array(secret())
    .max(10_000)
    .prefault([])
    .describe('Keys of which a client must show one, as x-api-key or bearer. None: open, on loopback only.'),
});

const logSchema = z.strictObject({
  level: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .prefault('info')
    .describe('Least severity that is logged.'),
  format: oneOf(['pretty', 'json'])
    .describe('For people or for machines. Without it: pretty on a terminal, else json.')
    .exactOptional(),
  file: z.string().min(1).describe('File to write to instead of the standard output.').exactOptional(),
  max_size: size(1024).prefault('10mb').describe('Size at which the file is rotated.'),
  keep: wholeNumber(1, 1000).prefault(5).describe('How many rotated files are kept.'),
});

const limitsSchema = z.strictObject({
  concurrent_calls: wholeNumber(1, 1_000_000)
    .prefault(10_000)
    .describe('Most calls under way at a time; more get a 529.'),
  calls_per_key: wholeNumber(1, 1_000_000)
    .describe('Most calls of one key under way at a time; more get a 429. Without it, any number.')
    .exactOptional(),
  streams_per_key: wholeNumber(1, 1_000_000)
    .describe('Most streamed answers of one key under way at a time; more get a 429. Without it, any number.')
    .exactOptional(),
  connections_per_address: wholeNumber(1, 1_000_000)
    .describe('Most connections from one address at a time; more are closed. Without it, any number.')
    .exactOptional(),
  memory: size(16 * 1024 * 1024)
    .describe(
      'Memory of all processes above which new calls get a 529. Without it, 80 % of what the machine or container has.',
    )
    .exactOptional(),
  answer: size(1024).prefault('64mb').describe('Largest answer that is not streamed.'),
});

const storeSchema = z.strictObject({
  file: z
    .string()
    .min(1)
    .describe('SQLite file, made when it is not there. Without it they are kept in memory, until Dragoman stops.')
    .exactOptional(),
  memory: size(1024).prefault('64mb').describe('Most that is kept in memory; what was not used longest goes first.'),
});

/** The whole configuration; what its fields say of themselves is its documentation. */
export const configSchema = z.strictObject({
  server: serverSchema.prefault({}).describe('Where and how clients are served.'),
  auth: authSchema.prefault({}).describe('Who may call.'),
  providers: z
    .record(
      z.string().regex(/^[A-Za-z][\w.-]*$/, { error: 'must begin with a letter and have no slash or space in it' }),
      providerSchema,
    )
    .prefault({})
    .describe('Endpoints that answer calls, by a name of your choice. None: those whose keys are in the environment.'),
  default_provider: z
    .string()
    .describe('Provider for models that nothing else decides. Without it: the first one, when there are no models.')
    .exactOptional(),
  models: z
    .record(z.string().min(1), modelRuleSchema)
    .prefault({})
    .describe(
      'Names that clients may use. First match wins; one * is carried over. None: every name, by the default rules.',
    ),
  routing: routingSchema
    .prefault({})
    .describe('How calls are spread over the targets of a model that does not say it.'),
  strict: flag().prefault(false).describe('Refuse calls of which something would be lost in translation.'),
  log: logSchema.prefault({}).describe('What is logged, and where.'),
  metrics: metricsSchema.prefault({}).describe('What is counted, for Prometheus to collect.'),
  tracing: tracingSchema.prefault({}).describe('Traces of calls, for whoever takes OpenTelemetry.'),
  timeouts: timeoutsSchema.prefault({}).describe('Time limits of calls to providers.'),
  retries: retriesSchema
    .prefault({})
    .describe('When calls that failed are tried again, before the client has seen anything of an answer.'),
  breaker: breakerSchema
    .prefault({})
    .describe('When a provider, one of its models or a key is left alone for a while because calls fail.'),
  health: healthSchema.prefault({}).describe('How providers that are left alone are looked after.'),
  redis: redisSchema
    .describe(
      'Where several gateways tell one another which providers, models and keys to leave alone. Without it each finds out by itself.',
    )
    .exactOptional(),
  limits: limitsSchema.prefault({}).describe('What nobody may exceed.'),
  store: storeSchema.prefault({}).describe('Where answers and conversations are kept that clients go on from.'),
  prices: pricesSchema
    .prefault({})
    .describe('What models cost, US dollars per million tokens, over what the built-in table says. First match wins.'),
});
