#!/usr/bin/env node
// Plain JavaScript, as is all of bin/: any Node from 18 on reads it, and it brings up the Node that the source needs.
import { files } from './files.mjs';
import { launch, root } from './launch.mjs';

const source = new URL('src/cli/main.ts', root);
const published = new URL('dist/cli/main.js', root);

if (files.existsSync(source)) await launch(source, 'production');
else await launch(published, 'none');
