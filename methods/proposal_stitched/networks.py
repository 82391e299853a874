"""S whose mask has skip connections: outlines that no bottleneck of this size can hold."""

from __future__ import annotations

from torch import Tensor, nn

from selfbench.methods.proposal_is.networks import Decoder, Synthesis


class SkipSynthesis(Synthesis):
    """The small S with a second decoder, which adds to the mask's logit and never to colours."""

    def __init__(self, size: int, widths: tuple[int, ...], latent: int) -> None:
        super().__init__(size, widths, latent)
        self.masks = Decoder(widths, 1, (*widths[-2::-1], 3))
        nn.init.zeros_(self.masks.head.weight)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return colour and mask logit of crops x."""
        levels = self.encode(x)
        colour, logit = self.decode(levels)
        return colour, logit + self.masks(levels[-1], levels[-2::-1]).float()
