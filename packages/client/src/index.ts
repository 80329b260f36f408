/**
 * The Effect client for the Pixxel API. Exports services, models, ids and errors by name, and `DataTypes`, `Download`,
 * `Drift`, `Geometry`, `Pixxel`, `Raw`, `RetryPolicy`, `RunAll`, `InsightRunAll`, `StacSearch`, `Status` and `Waiter` as
 * modules.
 *
 * @since 0.1.0
 */

export { Auth } from "./Auth.js"
export { Aoi, AoiPage } from "./aois/Aoi.js"
export { AoisApi } from "./aois/AoisApi.js"
export { AoiSubject } from "./aois/Subject.js"
export { ArchivePage } from "./archives/ArchivePage.js"
export { ArchivesApi } from "./archives/ArchivesApi.js"
export { Collection, CollectionProvider } from "./archives/Collection.js"
export { Asset, AssetId, AssetPage } from "./assets/Asset.js"
export { AssetDownload, AssetDownloadId } from "./assets/AssetDownload.js"
export { AssetsApi } from "./assets/AssetsApi.js"
export { AssetsSubject } from "./assets/Subject.js"
export { Block, BlockSpec } from "./blocks/Block.js"
export { BlocksApi } from "./blocks/BlocksApi.js"
export { CalendarDate } from "./CalendarDate.js"
export { CloudDelivery } from "./CloudDelivery.js"
export { CreateIntent } from "./CreateIntent.js"
export { CatalogApi } from "./catalog/CatalogApi.js"
export { CatalogDownload, CatalogDownloadId } from "./catalog/CatalogDownload.js"
export { CatalogEntry, CatalogPage } from "./catalog/CatalogEntry.js"
export { Delivery } from "./catalog/Delivery.js"
export { CatalogEntriesSubject, DeliverySubject, DeliveryTarget, OrderItemsSubject } from "./catalog/Subject.js"
export {
  AssetSource,
  DataType,
  DateData,
  NumberData,
  OtherData,
  RasterData,
  TabularData,
  TextData,
  VectorData
} from "./DataType.js"
export * as DataTypes from "./DataTypes.js"
export { Decompression } from "./Decompression.js"
export * as Download from "./Download.js"
export * as Drift from "./Drift.js"
export * as Geometry from "./Geometry.js"
export { Hashing } from "./Hashing.js"
export * from "./Ids.js"
export { Index, IndexPage } from "./indices/Index.js"
export { IndicesApi } from "./indices/IndicesApi.js"
export { Insight, InsightAnswer, InsightId } from "./insights/Insight.js"
export { InsightPackage } from "./insights/InsightPackage.js"
export * as InsightRunAll from "./insights/InsightRunAll.js"
export { InsightsApi } from "./insights/InsightsApi.js"
export { InsightSelection, InsightSubject, InsightTarget } from "./insights/Subject.js"
export { DownloadPackage } from "./jobs/DownloadPackage.js"
export { Job, JobSummary } from "./jobs/Job.js"
export { JobsApi } from "./jobs/JobsApi.js"
export * as RunAll from "./jobs/RunAll.js"
export { JobSubject, JobTarget, TaskSubject } from "./jobs/Subject.js"
export { BlockInfo, Task } from "./jobs/Task.js"
export { Band, Bandset } from "./orders/Bandset.js"
export * as CaptureTier from "./orders/CaptureTier.js"
export { Order, OrderPage } from "./orders/Order.js"
export {
  Occurrence,
  OrderBandset,
  OrderImage,
  OrderItem,
  OrderItemPage,
  Uplift
} from "./orders/OrderItem.js"
export { OrderQuote, QuotedItem } from "./orders/OrderQuote.js"
export { OrdersApi } from "./orders/OrdersApi.js"
export { OrderTask } from "./orders/OrderTask.js"
export { OrderItemSubject, OrderSubject, OrderTarget } from "./orders/Subject.js"
export { Pagination } from "./Pagination.js"
export * as Pixxel from "./Pixxel.js"
export * from "./PixxelError.js"
export { PixxelHttpClient } from "./PixxelHttpClient.js"
export { Project, ProjectPage } from "./projects/Project.js"
export { ProjectsApi } from "./projects/ProjectsApi.js"
export * as Raw from "./Raw.js"
export * as RetryPolicy from "./RetryPolicy.js"
export { StacItem, StacItemId, StacLink } from "./StacItem.js"
export * as StacSearch from "./StacSearch.js"
export * as Status from "./Status.js"
export { Subject } from "./Subject.js"
export { ImageSearch } from "./search/ImageSearch.js"
export { Satellite, SatelliteBand, SatelliteCollection } from "./search/Satellite.js"
export { SearchApi } from "./search/SearchApi.js"
export { Store, StoreConfigs, storeSecrets } from "./stores/Store.js"
export { StoresApi } from "./stores/StoresApi.js"
export { ValError } from "./ValError.js"
export { VisualizationSubject } from "./visualizations/Subject.js"
export {
  LegendItem,
  Legends,
  type Mode,
  Visualization,
  VisualizationMetadata,
  VisualizationPage,
  VisualizationStyles,
  VisualizationSummary
} from "./visualizations/Visualization.js"
export { VisualizationsApi } from "./visualizations/VisualizationsApi.js"
export * as Waiter from "./Waiter.js"
export { CostEstimate } from "./workflows/CostEstimate.js"
export { Workflow, WorkflowPage, WorkflowSummary } from "./workflows/Workflow.js"
export { WorkflowsApi } from "./workflows/WorkflowsApi.js"
