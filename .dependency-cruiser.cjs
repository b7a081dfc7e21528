// The walls of the house. Imports go downwards only, never sideways, never in a circle; imports of types count.
// Read beside docs: every ban says why it is there.

/** From the top to the ground; a room may import from the levels below its own. */
const levels = [
  ['cli'],
  ['server'],
  ['agent', 'jobs'],
  ['gateway'],
  ['policy', 'upstream'],
  ['providers', 'mcp'],
  ['dialects'],
  ['wire', 'store', 'observe', 'config'],
  ['canon'],
];

/** Rooms whose reach is narrower than their level, and why. */
const narrow = {
  dialects: {
    reach: ['wire', 'canon'],
    because: 'A dialect is a pure machine between bytes and canon: settings and results travel as arguments.',
  },
  wire: { reach: [], because: 'wire/ is bytes without meaning: it must be usable without the rest.' },
  simulator: {
    reach: ['wire', 'canon'],
    because:
      'The simulator is an independent oracle of the wire formats: sharing code with dialects/ would repeat their mistakes and hide them.',
  },
};

const allRooms = [...levels.flat(), 'simulator'];
const tests = '\\.test\\.ts$';
const pure = '^src/(canon|wire|dialects)/';

/** Rooms that may be imported by a room: everything below, or the narrower list. */
function reachOf(room) {
  if (narrow[room] !== undefined) return narrow[room].reach;
  return levels.slice(levels.findIndex((level) => level.includes(room)) + 1).flat();
}

const roomRules = allRooms.map((room) => {
  const allowed = [room, ...reachOf(room)];
  const simulatorToo = room === 'cli' ? ['simulator'] : [];
  return {
    name: `${room}-imports-downwards`,
    severity: 'error',
    comment:
      narrow[room]?.because ??
      `${room}/ may import ${reachOf(room).join(', ') || 'nothing but itself'}: a change above must never be able to break what lies below.`,
    from: { path: `^src/${room}/`, pathNot: tests },
    to: { path: '^src/', pathNot: `^src/(${[...allowed, ...simulatorToo].join('|')})/` },
  };
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...roomRules,
    {
      name: 'no-circle',
      severity: 'error',
      comment: 'In a circle no file can be understood or tested without all the others. Types and tests count.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'dialects-are-strangers',
      severity: 'error',
      comment: 'Dialects meet in canon/ only; one that imports another is half of a pairwise translator.',
      from: { path: '^src/dialects/([^/]+)/', pathNot: tests },
      to: { path: '^src/dialects/', pathNot: ['^src/dialects/$1/', '^src/dialects/dialect\\.ts$'] },
    },
    {
      name: 'dialects-through-the-table',
      severity: 'error',
      comment:
        'Other rooms reach a dialect by its name in dialects/index.ts: then a new one is one folder and one line.',
      from: { path: '^src/', pathNot: ['^src/dialects/', tests] },
      to: { path: '^src/dialects/', pathNot: '^src/dialects/(index|dialect)\\.ts$' },
    },
    {
      name: 'pure-rooms-no-packages',
      severity: 'error',
      comment:
        'canon/, wire/ and dialects/ are the hot path and the meaning: no package may stand between a byte and its event.',
      from: { path: pure, pathNot: tests },
      to: { path: 'node_modules/' },
    },
    {
      name: 'pure-rooms-no-io',
      severity: 'error',
      comment: 'canon/, wire/ and dialects/ do no I/O, so that every split of the bytes can be tried in a test.',
      from: { path: pure, pathNot: tests },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(buffer|util|util/types|string_decoder|crypto)$' },
    },
    {
      name: 'crypto-in-canon-only',
      severity: 'error',
      comment: 'canon/ makes ids; nothing else that is pure needs chance or digests.',
      from: { path: '^src/(wire|dialects)/', pathNot: tests },
      to: { dependencyTypes: ['core'], path: '^(node:)?crypto$' },
    },
    {
      name: 'policy-no-sockets-no-files',
      severity: 'error',
      comment: 'policy/ decides and does nothing: the clock and the counters are handed to it.',
      from: { path: '^src/policy/', pathNot: tests },
      to: {
        dependencyTypes: ['core'],
        path: '^(node:)?(fs|fs/promises|http|https|http2|net|tls|dgram|dns|child_process)$',
      },
    },
    {
      name: 'one-door-for-model-calls',
      severity: 'error',
      comment:
        'Model calls leave through upstream/, where time limits, pools and secrets are looked after. Types may travel.',
      from: { path: '^src/', pathNot: ['^src/upstream/', tests] },
      to: { path: 'node_modules/undici/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'tests-are-leaves',
      severity: 'error',
      comment: 'What several tests need is not a test: give it a file of its own.',
      from: {},
      to: { path: tests },
    },
    {
      name: 'source-stands-alone',
      severity: 'error',
      comment: 'The package ships src/ alone.',
      from: { path: '^src/', pathNot: tests },
      to: { path: '^(test|bench|conformance|scripts|bin|dashboard)/' },
    },
    {
      name: 'conformance-is-a-stranger',
      severity: 'error',
      comment: 'The suite judges any gateway from outside; knowing our code it would forgive our mistakes.',
      from: { path: '^conformance/' },
      to: { path: '^(src|test|bench)/' },
    },
    {
      name: 'launcher-needs-nothing',
      severity: 'error',
      comment: 'bin/ runs on an old Node before anything is installed.',
      from: { path: '^bin/' },
      to: { path: 'node_modules/|^(src|scripts|test|bench|conformance)/' },
    },
    {
      name: 'no-development-package-in-source',
      severity: 'error',
      comment: 'Who installs the package does not get devDependencies.',
      from: { path: '^src/', pathNot: tests },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: 'node_modules/@types/' },
    },
    {
      name: 'declared-packages-only',
      severity: 'error',
      comment: 'A package that is only there because another brought it can vanish with the next update.',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'deprecated'] },
    },
    {
      name: 'resolvable',
      severity: 'error',
      comment: 'The module that is meant does not exist.',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    // Imports of types count too. This needs @swc/core: TypeScript 7 has no compiler API, and without a parser the tool
    // sees no module at all and reports success; scripts/architecture.ts compares the count with the disk.
    tsPreCompilationDeps: true,
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    // Our own folders only: many packages keep their modules in a dist/, and those must be seen.
    exclude: { path: '^(src|test|bench|conformance)/.*/fixtures/' },
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
