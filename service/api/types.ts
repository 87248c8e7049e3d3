/**
 * The API as the rest of the service sees it: a router to be filled with handlers, and a server that makes it reachable.
 */
import type { ContractRouterClient } from '@orpc/contract'
import type { SupportedMessagePort } from '@orpc/client/message-port'
import type { Router } from '@orpc/server'
import type { Api } from '../../contract/api.ts'
import type { ServiceFile } from '../../contract/nouns/serve.ts'
import type { BaseDeps, Disposer, Startable } from '../base/index.ts'

/**
 * What a handler gets besides its input and `signal` (both from oRPC): nothing. A caller is the owner; who is not has
 * been turned away before any handler runs.
 */
export type ApiContext = Record<PropertyKey, unknown>

/** An implementation of the contract. Build it with `implement(api)` of `@orpc/server`; a missing handler does not compile. */
export type ApiRouter = Router<Api, ApiContext>

/** A `MessagePort` of Node, Electron or a browser. Electron's wants to be started. */
export type ApiPort = SupportedMessagePort & { start?: () => void, close?: () => void }

/** The contract as its callers see it, whichever way they are connected. */
export type ApiClient = ContractRouterClient<Api>

export interface ApiServerOptions {
  /** Absolute. Private to this user; the token, the socket and `service.json` are kept in it. */
  dataDir: string
  /** The product's version, for `service.json`. */
  version: string
  /** Where the dashboard listens; null: 127.0.0.1:4848, or any free port when that one is taken. Loopback only. */
  http: { host: string, port: number } | null
  /** Folder of the built dashboard; null: the API alone is served. */
  dashboardDir: string | null
  /** For `service.json`: how to start it anew; left out where another program does. */
  serve?: ServiceFile['serve']
}

export interface ApiServerDeps extends BaseDeps {
  router: ApiRouter
}

/**
 * The API within reach: over HTTP and WebSocket on loopback, a local socket, and message ports.
 */
export interface ApiServer extends Startable {
  /** Opens the dashboard, signed in: `http://127.0.0.1:4848/#token=…`. Null while nothing listens. */
  dashboardUrl(): string | null
  /** The same without the token. */
  dashboardAddress(): string | null
  /** Serves the contract on a message port until it closes or the disposer is called. Works before `start`; after `stop` the port is closed at once. */
  servePort(port: ApiPort): Disposer
}
