import resource_pb from "@pulumi/pulumi/proto/resource_pb.js";
import struct_pb from "google-protobuf/google/protobuf/struct_pb.js";
import { expect, test } from "vitest";
import { goalOf, seconds } from "../../engine/goal.ts";

function request() {
  const message = new resource_pb.RegisterResourceRequest();
  return message.setType("command:local:Command").setName("a").setCustom(true);
}

test("a registration becomes the state that is wanted, without empty fields", () => {
  const message = request().setDependenciesList(["b", "a"]).setVersion("1.2.1").setProtect(true);
  message.setObject(struct_pb.Struct.fromJavaScript({ create: "true" }));
  expect(goalOf(message)).toEqual({
    name: "a",
    state: {
      custom: true,
      type: "command:local:Command",
      inputs: { create: "true" },
      protect: true,
      dependencies: ["a", "b"],
    },
    version: "1.2.1",
    aliases: [],
    deleteBeforeReplace: false,
  });
});

test("options that the engine does not have are refused with the resource's name", () => {
  expect(() => goalOf(request().setImportid("x"))).toThrow(
    'command:local:Command "a": the import option needs the Pulumi CLI',
  );
  const hooks = new resource_pb.RegisterResourceRequest.ResourceHooksBinding().setBeforeCreateList(["h"]);
  expect(() => goalOf(request().setHooks(hooks))).toThrow(
    'command:local:Command "a": the hooks option needs the Pulumi CLI',
  );
});

test("durations are read as Go writes them", () => {
  expect([seconds("1m30s"), seconds("1.5s"), seconds("250ms"), seconds("")]).toEqual([90, 1.5, 0.25, undefined]);
  expect(() => seconds("soon")).toThrow('unable to parse custom timeout "soon"');
});
