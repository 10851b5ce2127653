// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IOneStep} from "../../contracts/disputes/IOneStep.sol";
import {OneStepTest} from "./OneStepTest.sol";

/// @notice Every case of machine/test/witness/corpus.json: a step of each instruction, as the machine in TypeScript does it.
contract CorpusTest is OneStepTest {
    function test_step_agreesWithTheMachine_onTheCorpus() public view {
        string memory json = vm.readFile("machine/test/witness/corpus.json");
        uint256[] memory program_ = vm.parseJsonUintArray(json, "$.program");
        bytes32[] memory states = vm.parseJsonBytes32Array(json, "$.states");
        bytes[] memory witnesses = vm.parseJsonBytesArray(json, "$.witnesses");
        bytes32[] memory nexts = vm.parseJsonBytes32Array(json, "$.nextStates");
        vm.assertGt(states.length, 700);
        IOneStep.Program[2] memory programs = [_program(json, "$.fixed[0]"), _program(json, "$.fixed[1]")];
        for (uint256 i = 0; i < states.length; ++i)
            vm.assertEq(oneStep.step(states[i], programs[program_[i]], witnesses[i]), nexts[i], vm.toString(i));
    }

    function _program(string memory json, string memory key) private pure returns (IOneStep.Program memory found) {
        found.codeRoot = vm.parseJsonBytes32(json, string.concat(key, ".codeRoot"));
        found.dataRoot = vm.parseJsonBytes32(json, string.concat(key, ".dataRoot"));
        found.inputRoot = vm.parseJsonBytes32(json, string.concat(key, ".inputRoot"));
        found.inLen = uint32(vm.parseJsonUint(json, string.concat(key, ".inLen")));
        found.maxPages = uint32(vm.parseJsonUint(json, string.concat(key, ".maxPages")));
    }
}
