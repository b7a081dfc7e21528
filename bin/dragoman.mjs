#!/usr/bin/env node
// Plain JavaScript, as is all of bin/: any Node from 18 on reads it, and it brings up the Node that the source needs.
import { launchProgram } from './launch.mjs';

await launchProgram('main', 'production');
