// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice A registered provider; dense, from 1. Zero means "none".
type ProviderId is uint32;

/// @notice A node of a provider; dense over the whole network, from 1. Zero means "none".
type NodeId is uint32;

/// @notice A deal; dense, from 1. Zero means "none".
type DealId is uint64;

using {providerEquals as ==, providerDiffers as !=} for ProviderId global;
using {nodeEquals as ==, nodeDiffers as !=} for NodeId global;
using {dealEquals as ==, dealDiffers as !=} for DealId global;

function providerEquals(ProviderId a, ProviderId b) pure returns (bool) {
    return ProviderId.unwrap(a) == ProviderId.unwrap(b);
}

function providerDiffers(ProviderId a, ProviderId b) pure returns (bool) {
    return ProviderId.unwrap(a) != ProviderId.unwrap(b);
}

function nodeEquals(NodeId a, NodeId b) pure returns (bool) {
    return NodeId.unwrap(a) == NodeId.unwrap(b);
}

function nodeDiffers(NodeId a, NodeId b) pure returns (bool) {
    return NodeId.unwrap(a) != NodeId.unwrap(b);
}

function dealEquals(DealId a, DealId b) pure returns (bool) {
    return DealId.unwrap(a) == DealId.unwrap(b);
}

function dealDiffers(DealId a, DealId b) pure returns (bool) {
    return DealId.unwrap(a) != DealId.unwrap(b);
}
