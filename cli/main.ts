#!/usr/bin/env node
import { createSystemIo } from './io.ts'
import { run } from './run.ts'

process.exitCode = await run(process.argv.slice(2), createSystemIo())
// whatever is still open must not keep a finished command from ending
setTimeout(() => process.exit(), 500).unref()
