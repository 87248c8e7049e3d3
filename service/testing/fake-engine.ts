export { createFakeDaemon, type FakeDaemon, type FakeEngineOptions, type FakeEngineState, type FakeImage, type FakeProgram } from '../engine/fake.ts'
