module PlotterIJuliaExt

import IJulia, Plotter

IJulia.display_dict(figure::Plotter.Figure) = Dict(
    "application/vnd.plotly.v1+json" => Dict(:data => [Dict(:y => figure.points)]),
    "text/plain" => "figure",
)

__init__() = IJulia.inited && IJulia.register_mime(MIME("application/x-plotter"))

end
