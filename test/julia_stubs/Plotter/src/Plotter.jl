"A package of figures, with an extension for the kernel IJulia."
module Plotter

struct Figure
    points::Vector{Float64}
end

end
