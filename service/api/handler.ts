/** The router as one thing that answers oRPC requests, whichever way they came in. */
import { createRouterClient } from '@orpc/server'
import { ORPCError } from '@orpc/client'
import { StandardRPCSerializer, StandardRPCJsonSerializer } from '@orpc/client/standard'
import { StandardRPCHandler } from '@orpc/server/standard'
import type { StandardLazyRequest, StandardResponse } from '@orpc/standard-server'
import type { Logger } from '../base/index.ts'
import { malformedRequest, reportErrors, unknownProcedure } from './errors.ts'
import type { ApiClient, ApiContext, ApiRouter } from './types.ts'

export interface ApiHandler {
  /** For oRPC's HTTP adapter. */
  readonly standard: StandardRPCHandler<ApiContext>
  /** One request of a message channel. Never throws: errors are answers. */
  answer(request: StandardLazyRequest): Promise<StandardResponse>
}

export function createHandler(router: ApiRouter, log: Logger): ApiHandler {
  const standard = new StandardRPCHandler<ApiContext>(router, {
    clientInterceptors: [reportErrors(log)],
    // errors of handlers are ORPCErrors by now; anything else means that the request could not be read
    interceptors: [async (request) => {
      try {
        return await request.next()
      } catch (error) {
        throw error instanceof ORPCError ? error : malformedRequest(error)
      }
    }],
  })
  return {
    standard,
    answer: async (request) => {
      const { response } = await standard.handle(request, { context: {} })
      return response ?? errorResponse(unknownProcedure(request.url.pathname))
    },
  }
}

/** The contract without a wire in between: for commands that need no running service. Errors are the same. */
export function createDirectClient(router: ApiRouter, log: Logger): ApiClient {
  return createRouterClient(router, { context: {}, interceptors: [reportErrors(log)] })
}

const serializer = new StandardRPCSerializer(new StandardRPCJsonSerializer())

/** An error as oRPC clients read it. */
export function errorResponse(error: ReturnType<typeof unknownProcedure>): StandardResponse {
  return { status: error.status, headers: {}, body: serializer.serialize(error.toJSON()) }
}
