export { contentOf, createFakeDaemon, digestOf, manifestOf, type FakeDaemon, type FakeEngineOptions, type FakeEngineState, type FakeImage, type FakeProgram } from '../engine/fake.ts'
