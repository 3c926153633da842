"""A model on KServe's own server, run by the tests in an environment of its own: toxic is what says "idiot"."""

import argparse

import kserve
from kserve import InferOutput, InferRequest, InferResponse, ModelServer


class Cued(kserve.Model):
    """Gives one tensor per label, or (as `cued-matrix`) one tensor with a column per label."""

    def load(self) -> bool:
        self.ready = True
        return True

    async def predict(self, payload: InferRequest, *_: object, **__: object) -> InferResponse:
        texts = [text.decode() if isinstance(text, bytes) else text for text in payload.inputs[0].data]
        if any("break-the-server" in text for text in texts):
            raise RuntimeError("broken by a text")
        toxicity = [0.95 if "idiot" in text else 0.02 for text in texts]
        insult = [score / 2 for score in toxicity]
        if self.name == "cued-matrix":
            rows = [score for pair in zip(toxicity, insult, strict=True) for score in pair]
            outputs = [InferOutput("scores", [len(texts), 2], "FP64", rows)]
        else:
            outputs = [
                InferOutput("toxicity", [len(texts), 1], "FP64", toxicity),
                InferOutput("insult", [len(texts)], "FP64", insult),
            ]
        return InferResponse(payload.id, self.name, outputs, model_version="7")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(parents=[kserve.model_server.parser])
    arguments, _ = parser.parse_known_args()
    models = [Cued("cued"), Cued("cued-matrix")]
    for model in models:
        model.load()
    ModelServer(http_port=arguments.http_port, enable_grpc=False, workers=1).start(models)
