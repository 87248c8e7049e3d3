import { describeNetwork } from '../testing/network-contract.ts'

describeNetwork('tcp')
